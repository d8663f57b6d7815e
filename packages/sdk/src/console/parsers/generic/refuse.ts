import { counterWord } from "./counter-word.js";
import { kindOf } from "./words.js";

/** Lines that never tell a metric: what wandb itself prints, dumps of arguments, tracebacks and warnings, shell traces, paths alone, requests, steps of an image's build, counts of failed tests. */
const REFUSED =
  /^(?:\s*(?:[-=]*>+|\*+|\u2713|\u2714|\u2705) [Ss]av(?:ed?|ing)\b|(?:[Ss]av(?:ed?|ing)(?! dict)|[Bb]est|BEST|[Bb]etter model|[Ll]oad(?:ed|ing)|[Ww]rit(?:ing|e)|[Ww]rote|[Rr]estor(?:ed|ing)|[Rr]esum(?:ed|ing))\b|wandb: |\s*File "|Traceback|[\w.]*(?:Error|Exception|Interrupt)\b(?!\w* ?[\w ]*[:=]? *[-+.\d])|usage:|Namespace\(|\s*Config\b.*[({:]$|[+$>] \w|#\d+ |\s*at \w|\s*\^|\s*\w*Warning:|\s*(?:pip|Collecting|Downloading|Requirement already|Successfully installed)\b|https?:|(?:[Hh]yper-?)?[Pp]aram(?:eter)?s?\b *[:=]|(?:[Aa]rgs|[Aa]rguments|[Cc]onfig(?:uration)?|[Ss]ettings|[Oo]ptions) *[:=]|\s*\w+::\w|\s*(?:[A-Za-z]+ )?(?:weights?|coefficients?|lambdas?|thresholds?|ratios|limits|grid|search space): +[A-Za-z_]\w* ?[=:]|\s*(?:TODO|FIXME|NOTE|HINT|TIP|XXX)\b|Step \d+\/\d+ : [A-Z]{3,} |(?:gcc|g\+\+|clang(?:\+\+)?|nvcc) -|FAILED \()|\b(?:GET|POST|PUT|DELETE|HEAD|PATCH) \/|\.{4,} (?!-?\d)|\b(?:did not|hasn't|didn't) improve|\b[Ss]kipping\b|\b[A-Z]\w+Warning\b|warnings\.warn|\bDeprecationWarning\b|\bversion[: =]+v?\d|^\s*\w+ (?:v|version )\d+\.\d(?!.* (?:epoch|step|iter) \d)|^(?:export|declare|env:|set -\w+;?) |\b(?:oom-kill|oom_score_adj|total-vm)\b|\b[Tt]ests?(?: run)?: *\d+\b.*\b(?:[Ff]ail|[Pp]ass|[Ee]rror)|\bERROR SUMMARY\b|\bNo further splits\b|\.py::\w|\bbin[= ]\d+,? score /;

/** Parameters are switched on and off, or not set; what is measured is a number. */
const SWITCHES = /[=:] ?(?:True|False|None)\b/g;

/** File names and addresses carry numbers and pairs of their own. Each is looked for from its first character only: from every one of a long word it would take a time that grows with the square of its length. */
const PATHS =
  /(?:(?<![\w+.-])[\w+.-]*:\/\/|(?<![\w/])\.{0,2}\/(?=[\w.~-]+[/.])|~\/|[A-Za-z]:\\)[^\s,;"')\]]*|(?:["'`]|(?<![\w=.,/~+:-]))[\w=.,/~+:-]*\.(?:ckpt|pth?|pkl|bin|npz?|h5|hdf5|keras|json|ya?ml|txt|csv|tsv|log|params|caffemodel|solverstate|safetensors|onnx|pb|py|cc|cpp|cu|hpp|rec|idx|tfrecord|parquet|png|jpe?g|gz|zip|tar|index|weights|model|cfg|mdl|gguf|go|rs|java|scala|jl|kt|js|ts)(?:-\d+)?(?::\d+)?["'`]?(?=[\s,;)\]:}]|$)/g;

/** A number that an object of an array library wraps: `tensor(5.6, device='cuda:0')`, `np.float32(0.5)`. */
const WRAPPED =
  /\b(?:tensor|Some|Just|Ok|[A-Za-z]*Array|array|(?:tf\.)?Tensor|(?:np|numpy|jnp)\.\w+|Decimal)\(\s*\[?\s*([-+]?[\d.]+(?:e[-+]?\d+)?|nan|-?inf)\s*\]?\s*(?:,(?:[^()]|\(\))*)?\)/g;
/** `<tf.Tensor: shape=(), dtype=float32, numpy=0.5>` */
const TENSOR = /<tf\.Tensor: shape=\(\), dtype=\w+, numpy=([-+]?[\d.]+(?:e[-+]?\d+)?|nan|-?inf)>/g;
/** `... Best is trial 0 with value: 0.5.`: restates what was told before. */
const BEST_BEHIND = /[.;,] (?:[Cc]urrent )?[Bb]est (?:is|was|so far)\b.*$/;
/** A search's parameters: `lr=0.1 depth=4 -> val_acc=0.8` */
const TRIED_BEFORE = /(?:\w+=[\w.+-]+,? +)+(?=-{1,2}> *\w+ ?[=:])/;
/** A search's parameters behind leading dots: `[CV 1/5] END ....C=1, gamma=0.1;, score=0.8`. */
const TRIED = /\.{3,}[^.;][^;]*;,?/g;

/**
 * @param text - the message of a line
 * @returns whether it never tells a metric
 */
export function isRefused(text: string): boolean {
  return REFUSED.test(text) || (text.match(SWITCHES)?.length ?? 0) >= 2;
}

/**
 * @param text - the message of a line
 * @returns it with what stands around numbers and is not of them blanked out: paths, file names and addresses, the names of wrapping objects
 */
export function onlyNumbers(text: string): string {
  const told = text.includes("->") ? text.replace(TRIED_BEFORE, withoutTried) : text;
  const bare = withoutPaths(told.includes("est ") ? told.replace(BEST_BEHIND, (best) => " ".repeat(best.length)) : told);
  if (!bare.includes("(") && !bare.includes(";")) return bare;
  return bare
    .replace(WRAPPED, (whole, value: string) =>
      value.padStart(whole.indexOf(value, whole.indexOf("(")) + value.length).padEnd(whole.length),
    )
    .replace(TENSOR, (whole, value: string) => `${value.padStart(whole.length - 1)} `)
    .replace(TRIED, (tried) => " ".repeat(tried.length));
}

/** What counts or is measured was not tried. */
function withoutTried(tried: string): string {
  const names = Array.from(tried.matchAll(/(\w+)=/g), ([, name = ""]) => name.toLowerCase());
  const isTold = names.some((name) => counterWord(name, false) !== undefined || kindOf(name) === "strong");
  return isTold ? tried : " ".repeat(tried.length);
}

function withoutPaths(text: string): string {
  if (!text.includes("/") && !text.includes("\\") && !/\.[a-z]/i.test(text)) return text;
  return text.replace(PATHS, (path) =>
    /[=:]\d/.test(path) && !/\.\w*[a-z]\w*(?::\d+)?["'`]?$/i.test(path) ? path : " ".repeat(path.length),
  );
}
