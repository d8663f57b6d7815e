/** Limits that the Python package knows; the others are the platform's alone. */
const NAMES = [
  "recordPayloadBytes",
  "segmentBytes",
  "seriesPerInstance",
  "valuesPerRecord",
  "seriesNameChars",
  "labelsPerSeries",
  "labelKeyChars",
  "labelValueChars",
  "trainingNameChars",
  "displayNameChars",
  "jsonDepth",
  "factsBytes",
  "eventBytes",
];

/**
 * @param {Readonly<Record<string, number>>} limits of ava-protocol
 * @param {RegExp} idPattern pattern of instance ids
 * @returns {string} the module `ava.limits`
 */
export function pythonLimits(limits, idPattern) {
  const lines = NAMES.map((name) => `${snake(name)} = ${limits[name]}`);
  return `# -*- coding: utf-8 -*-
"""Limits of what can be recorded. Made by scripts/python-limits.mjs of packages/protocol; do not edit."""

${lines.join("\n")}

ID_PATTERN = r"${idPattern.source.replace(/^\^|\$$/g, "")}\\Z"
`;
}

function snake(name) {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
