import { asObject } from "../../body.js";
import type { Read, RouteContext } from "../../ports.js";
import { print64 } from "../../print.js";
import { RefusedError } from "../../refused-error.js";
import { uploadUrl } from "../files.js";
import { ENTITY, keyOf, ownValue, textOf, viewOf, WANDB } from "../run.js";
import { type Operation, projectOf, type Variables } from "./operation.js";

/** Instance and folder of an artifact. */
interface Place {
  id: string;
  folder: string;
}

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
  ArtifactByID: readArtifact,
  // Of clients 0.19.
  ArtifactByIDShort: readArtifact,
  FetchArtifactManifest: readManifest,
  // Of clients before 0.21.
  ArtifactManifest: readManifest,
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
  const place = `${id}|artifacts/${(collection ?? "artifact").replaceAll(/[/\\\p{Cc}]/gu, "_")}/${digest || "0"}`;
  // Clients decode it.
  const artifact = btoa(encodeURIComponent(place));
  return { createArtifact: { artifact: { id: artifact, state: "PENDING", artifactSequence: { latestArtifact: null } } } };
}

/** For `artifact.wait()` of a program that logs one: what its client wants to know before it goes on. */
async function readArtifact({ id }: Variables, context: RouteContext): Promise<object> {
  const { read } = context;
  const place = placeOf(String(id));
  const view = await read.run(place.id);
  if (!view) throw new RefusedError("absent", "the run of this artifact is not known");
  const [, collectionName, digest] = place.folder.split("/");
  const entity = { id: ENTITY, name: ENTITY };
  const name = textOf(ownValue(view, "project")) ?? "";
  const project = { id: "project", internalId: btoa("ProjectInternalId:1"), name, entityName: ENTITY, entity };
  const createdAt = view.facts.startTime ?? new Date(0).toISOString();
  const collection = { __typename: "ArtifactSequence", id: place.folder, name: collectionName, project };
  const artifact = {
    __typename: "Artifact",
    id,
    artifactSequence: collection,
    versionIndex: versionOf(place),
    artifactType: { name: "artifact" },
    description: null,
    metadata: "{}",
    ttlDurationSeconds: -2,
    ttlIsInherited: true,
    tags: [],
    historyStep: null,
    state: "COMMITTED",
    size: 0,
    digest,
    commitHash: digest,
    fileCount: (await read.files(place.id, place.folder)).length,
    createdAt,
    updatedAt: createdAt,
    aliases: [],
    // Of clients 0.21.
    currentManifest: await manifestAt(place, context),
  };
  return { artifact };
}

/** Clients before 0.30 ask for it when a table is logged; those before 0.22 by name and version, in place of the id. */
async function readManifest(variables: Variables, context: RouteContext): Promise<object> {
  const { id } = variables;
  const currentManifest = await manifestAt(id === undefined ? await placeOfVersion(variables, context.read) : placeOf(String(id)), context);
  if (!currentManifest) throw new RefusedError("absent", "the artifact has no manifest");
  const artifact = { currentManifest };
  return id === undefined ? { project: { artifact } } : { artifact };
}

async function manifestAt({ id, folder }: Place, { request, read }: RouteContext): Promise<object | null> {
  const manifest = (await read.files(id, folder)).find(({ name }) => name.startsWith("wandb_manifest"));
  return manifest ? { file: { directUrl: uploadUrl(request.origin, id, `${folder}/${manifest.name}`) } } : null;
}

/** A version is made of the place of an artifact, so that this is found again by name and version. @returns 31 bits */
function versionOf({ id, folder }: Place): number {
  return Number(print64(`${id}|${folder}`) & 0x7fff_ffffn);
}

async function placeOfVersion({ projectName, name }: Variables, read: Read): Promise<Place> {
  const [, collection = "", version] = /^(.*):v(\d+)$/s.exec(String(name)) ?? [];
  for await (const id of runsOfCollection(projectOf(projectName), collection, read)) {
    for (const { name: digest } of await read.files(id, `artifacts/${collection}`)) {
      const place = { id, folder: `artifacts/${collection}/${digest}` };
      if (versionOf(place) === Number(version)) return place;
    }
  }
  throw new RefusedError("absent", `there is no artifact ${String(name)} that a run logged`);
}

/** The run whose id the name of a table holds (`run-<id>-<table>`), then all of the project. */
async function* runsOfCollection(project: string, collection: string, read: Read): AsyncIterable<string> {
  const parts = collection.split("-");
  for (let end = parts.length - 1; end > 1 && parts[0] === "run"; end--) {
    const id = await read.find(keyOf(project, parts.slice(1, end).join("-")));
    if (id !== undefined) yield id;
  }
  for await (const view of read.runs(WANDB)) if (ownValue(view, "project") === project) yield view.id;
}

function createArtifactFiles(variables: Variables, { request }: RouteContext): object {
  const input = asObject(variables["input"]) ?? variables;
  const files = Array.isArray(input["artifactFiles"]) ? input["artifactFiles"].map((file) => asObject(file) ?? {}) : [];
  const edges = files.map(({ artifactID, name }) => {
    const { id, folder } = placeOf(String(artifactID));
    const path = `${folder}/${String(name)}`;
    const names = { name, displayName: name, storagePath: path };
    const node = { ...names, uploadUrl: uploadUrl(request.origin, id, path), uploadHeaders: [], uploadMultipartUrls: null };
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
function placeOf(artifact: string): Place {
  const [id, folder] = decoded(artifact).split("|");
  if (!id || !folder) throw new RefusedError("invalid", "this is not the id of an artifact that is being logged");
  return { id, folder };
}

function decoded(artifact: string): string {
  // Of a client that began before its server was brought up to date.
  if (artifact.includes("|")) return artifact;
  try {
    return decodeURIComponent(atob(artifact));
  } catch {
    return "";
  }
}
