/** @param nowMs - a time in milliseconds since 1970 @returns value of the header `X-Qiniu-Date`: `YYYYMMDDTHHMMSSZ` in UTC */
export function qiniuDate(nowMs: number = Date.now()): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
