/**
 * The part of a validator that params use: the Standard Schema interface, version 1 (https://standardschema.dev), which zod, valibot, arktype
 * and others implement. Only its shape is needed, so the SDK depends on none of them.
 */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => ValidationResult<Output> | Promise<ValidationResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a validator answers. */
export type ValidationResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** Type of the values that a schema lets through. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["output"];

/**
 * Validates a value.
 *
 * @param schema - any Standard Schema validator without asynchronous parts
 * @param value - what to validate; `undefined` for a param that does not exist
 * @returns the output, or what is wrong as one text
 */
export function validate<Output>(schema: StandardSchema<Output>, value: unknown): { output: Output } | { problem: string } {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) return { problem: "the schema is asynchronous; params take synchronous ones" };
  if (!result.issues) return { output: result.value };
  const problems = result.issues.map(({ message, path }) => {
    const place = path?.map((part) => String((part as { key?: unknown })?.key ?? part)).join(".");
    return place ? `${place}: ${message}` : message;
  });
  return { problem: problems.join("; ") };
}
