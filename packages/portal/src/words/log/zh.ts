import type { LogWords } from "./words.js";

/** Chinese texts of the log. */
export const logZh: LogWords = {
  follow: "跟随",
  earlier: "显示更早内容",
  latest: "回到末尾",
  wrap: "自动换行",
  search: "筛选行",
  empty: "还没有输出",
  emptyText: "运行打印的内容会实时显示在这里。",
  range: (from, to, size) => `${from} 至 ${to},共 ${size}`,
  trimmed: (lines) => `仅显示此部分的最后 ${lines} 行。`,
  nothingFound: "没有匹配的行。",
  label: "运行输出",
};
