import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { tarFiles, untarFile } from "./compress.js";

let base: string;
let target: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "ava-compress-"));
  target = join(base, "target");
});

interface Entry {
  name: string;
  type?: string;
  link?: string;
  text?: string;
}

/** An archive as an attacker would write it: one ustar header of 512 bytes an entry, then its content. */
function archiveOf(entries: Entry[]): string {
  const blocks = entries.flatMap(({ name, type = "0", link = "", text = "" }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write(type, 156);
    header.write(link, 157);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    content.write(text);
    return [header, content];
  });
  const file = join(base, "bad.tar.gz");
  writeFileSync(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return file;
}

const good: Entry = { name: "good.txt", text: "good" };
const folder = (name: string): Entry => ({ name, type: "5" });
const link = (name: string, to: string): Entry => ({ name, type: "2", link: to });

describe("unpacking", () => {
  test.each<[string, Entry[]]>([
    ["an absolute path", [{ name: "/tmp/ava-evil", text: "x" }]],
    ["'..' in a path", [{ name: "../evil", text: "x" }]],
    ["'..' behind a folder", [folder("d/"), { name: "d/../../evil", text: "x" }]],
    ["a link to an absolute path", [link("l", "/etc/passwd")]],
    ["a link that leaves the folder", [link("l", "../evil")]],
    ["a link that leaves it from a folder", [folder("d/"), link("d/l", "../../evil")]],
    ["a file written through a link", [link("l", ".."), { name: "l/evil", text: "x" }]],
    ["a file written through a link of the archive's own", [folder("d/"), link("l", "d"), { name: "l/evil", text: "x" }]],
    ["links that leave it together", [folder("d/"), link("d/up", ".."), link("e", "d/up/../evil")]],
    ["a hard link to an absolute path", [{ name: "h", type: "1", link: "/etc/passwd" }]],
    ["a hard link that leaves the folder", [{ name: "h", type: "1", link: "../evil" }]],
    ["a hard link that moves a link up", [folder("d/"), link("d/l", ".."), { name: "h", type: "1", link: "d/l" }]],
    ["a hard link to a file that became a link", [{ name: "d/f" }, link("d/f", ".."), { name: "h", type: "1", link: "d/f" }]],
    ["a character device", [{ name: "null", type: "3" }]],
    ["a block device", [{ name: "sda", type: "4" }]],
    ["a pipe", [{ name: "pipe", type: "6" }]],
  ])("refuses %s, and leaves nothing behind", async (_, entries) => {
    const before = readdirSync(base);
    await expect(untarFile(archiveOf([good, ...entries]), target)).rejects.toMatchObject({
      code: expect.stringMatching(/^ARCHIVE_UN(SAFE|READABLE)$/),
    });
    expect(readdirSync(target)).toEqual([]);
    expect(readdirSync(base).sort()).toEqual([...before, "bad.tar.gz", "target"].sort());
  });

  test("names the entry and the reason", async () => {
    await expect(untarFile(archiveOf([good, { name: "../evil", text: "x" }]), target)).rejects.toMatchObject({
      code: "ARCHIVE_UNSAFE",
      message: expect.stringContaining("entry '../evil': its path has '..'"),
    });
  });

  test("takes links that stay inside", async () => {
    await untarFile(archiveOf([good, folder("d/"), link("d/l", "../good.txt"), { name: "h", type: "1", link: "good.txt" }]), target);
    expect([readFileSync(join(target, "d/l"), "utf8"), readFileSync(join(target, "h"), "utf8")]).toEqual(["good", "good"]);
  });

  test("merges folders, replaces files, and does not follow a link that was there", async () => {
    mkdirSync(join(target, "d"), { recursive: true });
    writeFileSync(join(target, "d/old"), "old");
    writeFileSync(join(target, "d/new"), "older");
    writeFileSync(join(base, "outside"), "outside");
    symlinkSync(join(base, "outside"), join(target, "good.txt"));
    await untarFile(archiveOf([good, { name: "d/new", text: "new" }]), target);
    expect(["d/old", "d/new", "good.txt"].map((name) => readFileSync(join(target, name), "utf8"))).toEqual(["old", "new", "good"]);
    expect(readFileSync(join(base, "outside"), "utf8")).toBe("outside");
  });

  test.each([
    ["a damaged", () => Buffer.concat([readFileSync(archiveOf([{ name: "f", text: "x".repeat(9000) }])).subarray(0, 60)])],
    ["no", () => Buffer.from("this is not an archive")],
  ])("says so of %s archive and leaves nothing", async (_, bytes) => {
    const file = join(base, "broken.tar.gz");
    writeFileSync(file, bytes());
    await expect(untarFile(file, target)).rejects.toMatchObject({ code: "ARCHIVE_UNREADABLE" });
    expect(readdirSync(target)).toEqual([]);
  });

  test("says so when the archive is missing", async () => {
    await expect(untarFile(join(base, "none"), target)).rejects.toMatchObject({ code: "ARCHIVE_UNREADABLE" });
  });
});

describe("packing", () => {
  test("what is packed is unpacked as it was, by tar too", async () => {
    const output = join(base, "output");
    mkdirSync(join(output, "sub"), { recursive: true });
    writeFileSync(join(output, "weights.bin"), Buffer.alloc(2_000_000));
    writeFileSync(join(output, "sub/ünïcode.txt"), "text");
    linkSync(join(output, "sub/ünïcode.txt"), join(output, "twin.txt"));
    writeFileSync(join(base, "@other"), "other");
    symlinkSync(join(base, "@other"), join(output, "linked"));
    const archive = join(base, "packed/model.tar.gz");
    await tarFiles([output, join(base, "@other")], archive);

    expect(readdirSync(join(base, "packed"))).toEqual(["model.tar.gz"]);
    const names = execFileSync("tar", ["tzf", archive], { encoding: "utf8" });
    expect(names.split("\n").map((name) => name.replace("./", ""))).toContain("output/weights.bin");
    await untarFile(archive, target);
    expect(statSync(join(target, "output/weights.bin")).size).toBe(2_000_000);
    for (const name of ["output/sub/ünïcode.txt", "output/twin.txt"]) expect(readFileSync(join(target, name), "utf8")).toBe("text");
    for (const name of ["output/linked", "@other"]) expect(readFileSync(join(target, name), "utf8")).toBe("other");
  });

  test("an archive inside of what is packed does not hold itself", async () => {
    writeFileSync(join(base, "f"), "f");
    await tarFiles([base], join(base, "all.tar"), { gzip: false });
    await untarFile(join(base, "all.tar"), target);
    expect(readdirSync(join(target, base.split("/").at(-1) as string))).toEqual(["f"]);
  });

  test("names a source that is missing, and two of one name", async () => {
    const archive = join(base, "a.tar.gz");
    await expect(tarFiles([join(base, "none")], archive)).rejects.toThrow(/none cannot be packed: ENOENT/);
    mkdirSync(join(base, "x/same"), { recursive: true });
    mkdirSync(join(base, "y/same"), { recursive: true });
    await expect(tarFiles([join(base, "x/same"), join(base, "y/same")], archive)).rejects.toThrow(/one name/);
    expect(existsSync(archive)).toBe(false);
  });
});
