// Uploads a file: node upload.mjs <endpoint> <bucket> <file> <key>
import { Uploader } from "ava-sdk/transfer";

const [, , endpoint, bucket, file, key] = process.argv;
const uploader = new Uploader("test-access-key", "test-secret-key", bucket, { endpoint });
await uploader.uploadFile(file, key);
uploader.close();
