import { phaseOfWord } from "./phase.js";

/** What a counter counts: epochs, steps of the whole run, batches within an epoch. `iteration` may be either of the last two: what stands beside it tells. An `episode` is a step where no other counter stands beside it. */
export type CounterRole = "epoch" | "step" | "batch" | "iteration" | "episode" | "ignored";

const ROLES: Readonly<Record<string, CounterRole>> = {
  epoch: "epoch",
  ep: "epoch",
  "ep.": "epoch",
  epoch_num: "epoch",
  epoch_idx: "epoch",
  current_epoch: "epoch",
  cur_epoch: "epoch",
  train_epoch: "epoch",
  "trainer/epoch": "epoch",
  step: "iteration",
  iter: "iteration",
  iteration: "iteration",
  iterate: "iteration",
  itr: "iteration",
  ite: "iteration",
  itn: "iteration",
  it: "iteration",
  training_step: "iteration",
  train_step: "iteration",
  global_step: "step",
  current_step: "step",
  globalstep: "step",
  global_iter: "step",
  global_iteration: "step",
  "trainer/global_step": "step",
  gstep: "step",
  g_step: "step",
  d_step: "step",
  num_updates: "step",
  nupdates: "step",
  total_step: "step",
  update: "step",
  updates: "step",
  up: "step",
  "up.": "step",
  example_counter: "step",
  round: "step",
  boosting_round: "step",
  "num-trees": "step",
  num_timesteps: "step",
  total_timesteps: "step",
  "time/total_timesteps": "step",
  timestep: "step",
  timesteps: "step",
  training_iteration: "step",
  t_env: "step",
  total_t: "step",
  numsteps: "step",
  epochs_done: "epoch",
  processed_batches: "ignored",
  batches_seen: "step",
  total_numsteps: "step",
  total_env_steps: "step",
  env_steps: "step",
  env_step: "step",
  totalenvinteracts: "step",
  episode: "episode",
  episode_t: "ignored",
  generation: "step",
  gen: "step",
  tick: "step",
  sweep: "step",
  batch: "batch",
  minibatch: "batch",
  "mini-batch": "batch",
  mini_batch: "batch",
  batch_idx: "batch",
  batch_id: "batch",
  step_in_epoch: "batch",
  epoch_step: "batch",
  epochiter: "batch",
  micro_step: "ignored",
  microstep: "ignored",
  sub_iter: "ignored",
  轮: "epoch",
  轮次: "epoch",
  周期: "epoch",
  迭代: "iteration",
  步: "iteration",
  全局步数: "step",
  代: "step",
  批: "batch",
  批次: "batch",
  回合: "episode",
  局: "episode",
  エポック: "epoch",
  ステップ: "iteration",
  バッチ: "batch",
  에폭: "epoch",
  에포크: "epoch",
  스텝: "iteration",
  배치: "batch",
  epoche: "epoch",
  schritt: "iteration",
  durchlauf: "epoch",
  époque: "epoch",
  étape: "iteration",
  itération: "iteration",
  época: "epoch",
  epoca: "epoch",
  paso: "iteration",
  passo: "iteration",
  iteración: "iteration",
  iteração: "iteration",
  lote: "batch",
  dönem: "epoch",
  adım: "iteration",
  epoka: "epoch",
  krok: "iteration",
  iteracja: "iteration",
  epocha: "epoch",
  epok: "epoch",
  steg: "iteration",
  iterazione: "iteration",
  εποχή: "epoch",
  βήμα: "iteration",
  الحقبة: "epoch",
  حقبة: "epoch",
  युग: "epoch",
  епоха: "epoch",
  крок: "iteration",
  эпоха: "epoch",
  шаг: "iteration",
  итерация: "iteration",
  батч: "batch",
};

const PLURAL: Readonly<Record<string, CounterRole>> = {
  epochs: "epoch",
  steps: "iteration",
  iters: "iteration",
  iterations: "iteration",
  batches: "batch",
  global_steps: "step",
  current_steps: "step",
  轮数: "epoch",
  步数: "iteration",
  回合数: "episode",
  迭代步数: "iteration",
  迭代次数: "iteration",
};

/** A counter that a key names. */
export interface CounterWord {
  role: CounterRole;
  /** The phase word before it, as printed (`Train Epoch`, `Eval num_timesteps`). */
  phaseWord: string | undefined;
}

/**
 * @param key - a key as printed
 * @param isFraction - whether `a/b` follows: `Epochs: 3/10` counts, `Epochs: 10` is a parameter
 * @returns the counter, where the key names one
 */
export function counterWord(key: string, isFraction: boolean): CounterWord | undefined {
  if (key.endsWith("#")) return counterWord(key.slice(0, -1), isFraction);
  const space = key.search(/\s/);
  const isPhased = space !== -1 && phaseOfWord(key.slice(0, space).replace(/\.$/, "")) !== undefined;
  const whole = isPhased ? undefined : roleOf(key.toLowerCase().replace(/\s+/g, "_"), isFraction);
  if (whole !== undefined) return { role: whole, phaseWord: undefined };
  if (space === -1) return undefined;
  const first = key.slice(0, space).replace(/\.$/, "");
  const rest = key
    .slice(space)
    .trim()
    .replace(/^(?:summary|results?|stats?|@|of|at|in|for|after)\s+/i, "");
  if (!isPhased) {
    const isBeside = /^(?:当前|目前|cv|current|cur\.?|at|end|of|begin|start|in|for|after|--|-|[a-z]+(?:ing|ed)|[IWD])$/i.test(first);
    // `RGCN epoch 5/100`
    const isOfName = isFraction && /^[A-Z][\w-]*$/.test(first);
    return isBeside || isOfName ? counterWord(rest, isFraction) : undefined;
  }
  const role = roleOf(rest.toLowerCase().replace(/\s+/g, "_"), isFraction);
  // `Train steps: 40` beside an epoch says how long it is.
  if (role !== undefined && Object.hasOwn(PLURAL, rest.toLowerCase())) return { role: "ignored", phaseWord: undefined };
  return role === undefined ? undefined : { role, phaseWord: first };
}

/** What names of counters may have around them: `training/epoch`, `global_step/max_steps`, `Step...`. */
const AROUND =
  /^(?:(?:train(?:ing|er)?|progress|counters?)\/|_(?=(?:global_)?step$)|(?:当前|目前|训练|总)_?(?=.))|\/(?:max|total|num)_\w+$|\.{3}$|(?<=[a-z])_(?:num(?:ber)?|idx|index|id|no\.?|count(?:er)?|done|completed)$/g;

function roleOf(printed: string, isFraction: boolean): CounterRole | undefined {
  const lower = Object.hasOwn(ROLES, printed) ? printed : printed.replace(AROUND, "");
  if (Object.hasOwn(ROLES, lower)) return ROLES[lower];
  return isFraction && Object.hasOwn(PLURAL, lower) ? PLURAL[lower] : undefined;
}
