import { Refusal } from "../answer.js";
import type { KodoRequest } from "../request.js";
import { bucketOf, type UploadPolicy } from "../upload-policy.js";

/** @returns the policy's bucket @throws Refusal 631 for one that isn't there, 400 for one that is not the path's */
export function checkBucket(request: KodoRequest, policy: UploadPolicy, named?: string): string {
  const bucket = bucketOf(policy);
  if (named !== undefined && named !== bucket) throw new Refusal(403, "bucket doesn't match scope");
  if (!request.stores.objects.hasBucket(bucket)) throw new Refusal(631, "no such bucket");
  return bucket;
}
