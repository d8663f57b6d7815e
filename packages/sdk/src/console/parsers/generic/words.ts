const STRONG = new Set(
  (
    "loss losses acc accuracy accuracies auc auroc roc auprc f1 fscore f ppl perplexity bleu rouge wer cer mse mae rmse rmsle mape logloss error err errors " +
    "score scores reward rewards return returns precision prec recall map miou iou dice kappa mcc r2 nll kl elbo fid psnr ssim top1 top5 objective " +
    "cost entropy crossentropy bce mrr ndcg likelihood loglikelihood xent bpc bpb ap ap50 ap75 deviance residual merror mlogloss las uas pearson spearman jaccard " +
    "fitness regret eer mindcf aic bic hd95 assd silhouette crps mase smape wape lpips mpjpe hota mota idf1 gauc brier ece qwk lddt rmsd nmi goodput winrate elo cider meteor stoi pesq sdr snr epe pplx ll distortion inertia divergence obj bound"
  ).split(" "),
);
const STRONG_PART =
  /loss|acc(?:uracy)?\d*$|^(?:h|hr)@\d+$|^(?:top|acc|map|ap|hit|hits|ndcg|recall|prec|precision|p|r|mrr)@?\d+$|(?:error|mae|mse|entropy|deviance|rewards?|returns?|(?<!init)score|rmse|auc|likelihood|perplexity|miou)$|^smoothl1$|^l[12]$|^(?:fid|kid)\d+k?$/;
const WEAK = new Set(
  (
    "lr l learning rate time speed throughput norm gnorm grad gradient mem memory max_mem samples sec secs second seconds fps sps wps ups ips tps qps rps tokens mfu tflops flops alpha " +
    "scale latency runtime images words cost gpu ms tok step_time it"
  ).split(" "),
);
const CONFIG = new Set(
  (
    "size sizes num number max min seed layers hidden dim dims heads params parameters param workers epochs patience warmup momentum decay dropout beta beta1 beta2 " +
    "betas eps epsilon weight weights threshold thresh interval freq frequency every smoothing rank world gpus devices classes vocab capacity version port pid budget " +
    "target initial init default required normalizer margin tolerance tol limit optimizer scheduler instances labels estimated suggested expected bins batchsize"
  ).split(" "),
);
const MEASURED =
  /function_value$|(?:success|win|hit|pass|solve)_rate$|log_?prob|accept(?:ance)?_(?:rate|ratio|fraction)$|^autocorrelation|(?:^|_)r_?hat$|^(?:global_?step|examples)\/sec$|^(?:total_)?improvement$/;
/** What begins the name of a limit or an aim: `max_error`. */
const LIMITS = new Set("max min target desired init initial num".split(" "));
/** Percent done, times that are left, identities: never metrics. */
const NEVER =
  /^#_|(?:^|_)finish(?:ed)?$|^time_?ela\w*$|^(?:init|seen|minutes?|hours?)$|(?:^|_)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$|(?:^|[_/])worker$|^(?:eta|elap|elapsed|remain|required|session|left_time|remaining|remaining_time|time_left|left|progress|pid|rank|local_rank|seed|port|date|datetime|_?timestamp|ts|version|line|hours_left|v_num|est|best|no|id|device|world_size|node_rank|gpu_id|uid|lineno|time_ms|elapsedtime|job_id|trial_id|run|percentage|from|best_?iteration|besttest|bestiteration|patience|percent|finished|stalled|.*_eta)$|^(?:(?:train|valid|val|eval|test)\/)?(?:epochs?|steps?|iter(?:ation)?s?|batches|episodes|generations|phase)$|^total_(?:training|train|elapsed|run|running)_?time$|^new_best|^(?:last|prev|previous|old)_best|^(?:minimal|lowest|highest|maximal)_|^best_(?:epoch|step|iter(?:ation)?)$|^(?:saving|saved|loading|loaded|writing|wrote|setting|using|starting|creating|building)_|^best_value$|\/best_value$|^(?:done|progress)_\(%\)$|^(?:current|reduced|new|old|params?)$|examples_seen$|^--|\u00b1/;

/** What is left of bytes that are not text. */
const GARBLED = /[\p{Cc}\ufffd]/u;

/** The same in Chinese, where words have no blanks between them. */
const CHINESE: readonly (readonly [KeyKind, RegExp])[] = [
  ["never", /共(?:耗时|用时)|剩余|预计|进度|端口|版本|种子|编号|最佳轮|已有最|^最[低高佳]$|年|月|从$|^(?:步数|轮数|回合数|迭代次数)$/],
  [
    "config",
    /大小|(?<![分系])数量?$|次数|阈值|(?:权重|衰减|正则化?|惩罚|损失|动量|缩放)系数|权重$|步长|维度|目标(?!函数)|丢弃率|衰减|参数|样本|线程|最大|最小(?!化)|上限|下限|批大|动量|共/,
  ],
  [
    "strong",
    /損失|正解率|再現率|適合率|誤差|報酬|损失|准确[率度]|正确率|精度|精确[率度]|召回率|误差|奖励|回报|得分|分数|困惑度|熵|f1|系数|目标函数|相似度|交并比|似然|胜率/,
  ],
  ["weak", /学习率|耗时|用时|时间|速度|显存|内存|吞吐|梯度|范数/],
];

/** What is measured, in languages other than English. */
const ABROAD =
  /verlust|genauigkeit|(?:^|_)fehler|perte|précision|exactitud|(?:^|_)erreur|pérdida|(?:^|_)perda|precisi[óo]n|acur[áa]cia|perdita|accuratezza|потер[ия]|точность|ошибка|손실|정확도|kayıp|doğruluk|(?:^|_)strat[ay](?:_|$)|dokładność|ztráta|přesnost|verlies|nauwkeurigheid|втрат[аи]|точність|akurasi|förlust|noggrannhet|απώλεια|ακρίβεια|σφάλμα|خسارة|دقة|خطا|دقت|हानि|सटीकता|veszteség|pontosság|häviö|tarkkuus|nøjagtighed|nøyaktighet|mất_mát|chính_xác|오차|보상|ロス|スコア/;

/** What a key says about its number. */
export type KeyKind = "strong" | "weak" | "config" | "never" | "unknown";

const kinds = new Map<string, KeyKind>();

/**
 * Judges a metric name by its words: `strong` ones tell by themselves that training is measured, `weak` ones do beside others, `config` ones stand in dumps of
 * parameters, `never` ones are not metrics.
 *
 * @param name - as made by `metricName`
 * @returns the kind
 */
export function kindOf(name: string): KeyKind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const kind = judge(name);
  if (kinds.size > 2000) kinds.clear();
  kinds.set(name, kind);
  return kind;
}

function judge(name: string): KeyKind {
  if (NEVER.test(name) || GARBLED.test(name)) return "never";
  const chinese = /[\u4e00-\u9fff]/.test(name) ? CHINESE.find(([, pattern]) => pattern.test(name))?.[0] : undefined;
  if (chinese !== undefined) return chinese;
  if (ABROAD.test(name)) return "strong";
  const words = name.split(/[^a-z0-9@]+/).filter((word) => word !== "");
  // A loss's weight or an accuracy's threshold is a parameter.
  const last = words.at(-1) ?? "";
  if (/^num[a-z]+$/.test(words[0] ?? "")) return "config";
  if (/^(?:rank|top)[-@]\d+$/.test(name)) return "strong";
  if ((CONFIG.has(last) && !STRONG.has(last)) || LIMITS.has(words[0] ?? "")) return "config";
  if (MEASURED.test(name) || words.some((word) => STRONG.has(word) || STRONG_PART.test(word))) return "strong";
  if (words.some((word) => CONFIG.has(word))) return "config";
  return words.some((word) => WEAK.has(word)) ? "weak" : "unknown";
}
