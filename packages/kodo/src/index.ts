export {
  type AuthorizedRequest,
  authorizationOf,
  DEFAULT_CONTENT_TYPE,
  qboxAuthorization,
  qiniuAuthorization,
  type SignedRequest,
} from "./authorization.js";
export { encodedEntry } from "./entry.js";
export { BLOCK_BYTES, composedEtag, EtagHasher, type EtagPart, etagOfBlocks, isPlainEtag, qetag, sha1 } from "./etag.js";
export { type ObjectLifecycle, operationPath } from "./operation-path.js";
export { fromUrlsafeBase64, sign, urlsafeBase64 } from "./sign.js";
export { type DecodedUploadToken, decodeUploadToken, type PutPolicy, uploadToken } from "./upload-token.js";
export { escapeKey, escapeUrl, privateUrl, type RawUrl, splitUrl } from "./url.js";
