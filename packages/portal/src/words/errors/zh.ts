import type { ErrorCode } from "ava-protocol";

/** What the platform says in English, by the code of its answer. */
export const errorsZh: Readonly<Record<ErrorCode, string>> = {
  bad_request: "请求内容有误。",
  bad_records: "记录的格式有误。",
  bad_line_protocol: "行协议的格式有误。",
  ambiguous_series: "有多条同名曲线，需要指明标签。",
  unauthorized: "需要访问令牌。",
  forbidden: "不允许此操作。",
  not_found: "所请求的内容不存在。",
  seq_gap: "记录的序号不连续。",
  conflict: "与平台上的当前状态冲突。",
  deleted: "该内容已被删除。",
  body_too_large: "发送的内容过大。",
  limit_exceeded: "超出了平台的上限。",
  too_many_attempts: "尝试次数过多，请稍后再试。",
  internal: "平台内部出错。",
  store_damaged: "存储已损坏，部分数据无法读取。",
  stopping: "平台正在停止，请稍后再试。",
  store_failed: "存储暂时不可用，请稍后再试。",
  store_full: "存储空间已满。",
};
