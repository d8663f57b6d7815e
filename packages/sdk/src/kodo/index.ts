export { type AuthorizedRequest, DEFAULT_CONTENT_TYPE, qboxAuthorization, qiniuAuthorization } from "./authorization.js";
export { encodedEntry } from "./entry.js";
export { composedEtag, type EtagPart, type HashSource, qetag } from "./etag.js";
export { type ObjectLifecycle, operationPath } from "./operation-path.js";
export { fromUrlsafeBase64, urlsafeBase64 } from "./sign.js";
export { type DecodedUploadToken, decodeUploadToken, type PutPolicy, uploadToken } from "./upload-token.js";
export { escapeKey, privateUrl } from "./url.js";
