import { asObject } from "../../body.js";
import type { RouteContext } from "../../ports.js";
import { RefusedError } from "../../refused-error.js";
import { uploadUrl } from "../files.js";
import { textOf, viewOf } from "../run.js";
import { type Operation, projectOf, type Variables } from "./operation.js";

/** Artifacts are files of their run: `artifacts/<collection>/<first digits of the digest>/...`. */
export const ARTIFACT_OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateArtifact: createArtifact,
  CreateArtifactManifest: ({ artifactID, name, includeUpload }, context) => ({
    createArtifactManifest: { artifactManifest: manifestJson(String(artifactID), String(name), includeUpload === true, context) },
  }),
  UpdateArtifactManifest: ({ artifactManifestID, includeUpload }, context) => ({
    updateArtifactManifest: { artifactManifest: updatedManifest(String(artifactManifestID), includeUpload === true, context) },
  }),
  CreateArtifactFiles: createArtifactFiles,
  // Which type an earlier version of the artifact has: none is known.
  ArtifactType: () => ({ project: { artifact: null } }),
  CommitArtifact: ({ artifactID }) => ({ commitArtifact: { artifact: { id: artifactID, digest: placeOf(String(artifactID)).folder } } }),
};

async function createArtifact(variables: Variables, { read }: RouteContext): Promise<object> {
  const input = asObject(variables["input"]) ?? variables;
  const { id } = await viewOf(read, projectOf(input["projectName"]), String(input["runName"]));
  const names = input["artifactCollectionNames"];
  const [collection] = Array.isArray(names) ? names.map(String) : [textOf(input["artifactCollectionName"]) ?? "artifact"];
  const digest = String(input["digest"] ?? "")
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, 12);
  const artifact = `${id}|artifacts/${(collection ?? "artifact").replaceAll(/[/\\\p{Cc}]/gu, "_")}/${digest || "0"}`;
  return { createArtifact: { artifact: { id: artifact, state: "PENDING", artifactSequence: { latestArtifact: null } } } };
}

function createArtifactFiles(variables: Variables, { request }: RouteContext): object {
  const input = asObject(variables["input"]) ?? variables;
  const files = Array.isArray(input["artifactFiles"]) ? input["artifactFiles"].map((file) => asObject(file) ?? {}) : [];
  const edges = files.map(({ artifactID, name }) => {
    const { id, folder } = placeOf(String(artifactID));
    const path = `${folder}/${String(name)}`;
    const node = { storagePath: path, uploadUrl: uploadUrl(request.origin, id, path), uploadHeaders: [], uploadMultipartUrls: null };
    return { node: { ...node, artifact: { id: artifactID } } };
  });
  return { createArtifactFiles: { files: { edges } } };
}

function manifestJson(artifact: string, name: string, hasUpload: boolean, { request }: RouteContext): object {
  const { id, folder } = placeOf(artifact);
  const url = hasUpload ? { uploadUrl: uploadUrl(request.origin, id, `${folder}/${name}`), uploadHeaders: [] } : {};
  return { id: `${artifact}|${name}`, file: { id: `${artifact}|${name}`, ...url } };
}

function updatedManifest(manifest: string, hasUpload: boolean, context: RouteContext): object {
  const end = manifest.lastIndexOf("|");
  return manifestJson(manifest.slice(0, end), manifest.slice(end + 1), hasUpload, context);
}

/** The id of an artifact is its instance and its folder: nothing is to be remembered. */
function placeOf(artifact: string): { id: string; folder: string } {
  const [id, folder] = artifact.split("|");
  if (!id || !folder) throw new RefusedError("invalid", "this is not the id of an artifact that is being logged");
  return { id, folder };
}
