/** Lines that never tell a metric: dumps of arguments, tracebacks and warnings, shell traces, paths alone. */
const REFUSED =
  /^(?:(?:[Ss]av(?:ed?|ing)(?! dict)|[Bb]est|BEST|[Ll]oad(?:ed|ing)|[Ww]rit(?:ing|e)|[Ww]rote|[Rr]estor(?:ed|ing)|[Rr]esum(?:ed|ing))\b|\s*File "|Traceback|[\w.]*(?:Error|Exception|Interrupt)\b|usage:|Namespace\(|\s*Config\b.*[({:]$|[+$>] \w|#\d+ |\s*at \w|\s*\^|\s*\w*Warning:|\s*(?:pip|Collecting|Downloading|Requirement already|Successfully installed)\b|https?:)|\.{4,} |\bUserWarning\b|warnings\.warn|\bDeprecationWarning\b|\bversion[: =]+v?\d|^\s*\w+ (?:v|version )\d+\.\d/;

/** File names and addresses carry numbers and pairs of their own. */
const PATHS =
  /(?:[\w+.-]*:\/\/|(?<![\w/])\.{0,2}\/(?=[\w.~-]+[/.])|~\/|[A-Za-z]:\\)[^\s,;"')\]]*|["'`]?[\w=.,/~+:-]*\.(?:ckpt|pth?|pkl|bin|npz?|h5|hdf5|keras|json|ya?ml|txt|csv|tsv|log|params|caffemodel|solverstate|safetensors|onnx|pb|py|cc|cpp|cu|hpp|rec|idx|tfrecord|parquet|png|jpe?g|gz|zip|tar|index|weights|model|cfg|mdl|gguf)(?:-\d+)?["'`]?(?=[\s,;)\]:]|$)/g;

/**
 * @param text - the message of a line
 * @returns whether it never tells a metric
 */
export function isRefused(text: string): boolean {
  return REFUSED.test(text);
}

/**
 * @param text - the message of a line
 * @returns it with paths, file names and addresses blanked out
 */
export function withoutPaths(text: string): string {
  if (!text.includes("/") && !text.includes("\\") && !/\.[a-z]/i.test(text)) return text;
  return text.replace(PATHS, (path) => (/[=:]\d/.test(path) && !/\.\w*[a-z]\w*["'`]?$/i.test(path) ? path : " ".repeat(path.length)));
}
