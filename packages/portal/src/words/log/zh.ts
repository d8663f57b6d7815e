import type { LogWords } from "./words.js";

/** Chinese texts of the log. */
export const logZh: LogWords = {
  follow: "跟随",
  start: "开头",
  end: "末尾",
  goToLine: "行号",
  line: (number) => `第 ${number} 行`,
  inCharts: "在图表中显示",
  unselect: "取消选中该行",
  wrap: "自动换行",
  download: "下载",
  search: "搜索日志",
  searching: "正在搜索日志…",
  hitsOf: (search) => `${search} 的位置`,
  hits: (count, _isOne, hasMore) => (hasMore ? `前 ${count} 处` : `${count} 处`),
  previousHit: "上一处",
  nextHit: "下一处",
  moreHits: "继续搜索",
  empty: "还没有输出",
  emptyText: "运行打印的内容会实时显示在这里。",
  range: (from, to, size) => `${from} 至 ${to},共 ${size}`,
  label: "运行输出",
};
