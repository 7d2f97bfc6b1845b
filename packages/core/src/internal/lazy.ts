/**
 * Schemas that are built when they are first looked at. A schema of Effect is one or two classes, one of errors a dozen:
 * a program would begin with building hundreds of which it uses a few, and with collecting the garbage of that.
 */
import * as Schema from "effect/Schema"

/** Stands for a class until it is made, and for all that it has from then on. */
const standIn = <S>(stand: new() => object, make: () => S): S => {
  let made: (S & typeof stand) | undefined
  const get = (): S & typeof stand => {
    if (made === undefined) {
      // All schemas of Effect are classes.
      made = make() as S & typeof stand
      // Classes that extend the one that is made had to take their prototype before.
      Object.setPrototypeOf(stand.prototype, made.prototype)
    }
    return made
  }
  // To ask whether something is an instance makes nothing.
  const isOfStand = (key: PropertyKey) => key === "prototype" || key === Symbol.hasInstance
  return new Proxy(stand, {
    get: (_, key, receiver): unknown => isOfStand(key) ? Reflect.get(stand, key) : Reflect.get(get(), key, receiver),
    has: (_, key) => Reflect.has(get(), key),
    ownKeys: () => Reflect.ownKeys(get()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(isOfStand(key) ? stand : get(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(get()),
    construct: (_, args, extending) => Reflect.construct(get(), args, extending)
    // It has what the one that is made has.
  }) as unknown as S
}

/** A schema, built when anything of it is read. */
export const schema = <S extends Schema.Schema.All>(make: () => S): S => standIn(class {}, make)

/** `Schema.Struct` of these fields. */
export const Struct = <Fields extends Schema.Struct.Fields>(fields: () => Fields): Schema.Struct<Fields> =>
  schema(() => Schema.Struct(fields()))

/**
 * `Schema.TaggedError` of these fields, built when anything of its schema is read, or the first error is made. Its
 * identifier is its tag, as one of this package.
 */
export const TaggedError = <Self>() =>
<Tag extends string, Fields extends Schema.Struct.Fields>(
  tag: Tag,
  fields: () => Fields
): Schema.TaggedErrorClass<Self, Tag, { readonly _tag: Schema.tag<Tag> } & Fields> =>
  standIn(class extends Error {}, () =>
    // What it is without a `Self` cannot be excluded here; each of our classes names its own.
    Schema.TaggedError<Self>(`@effect-cohere/core/${tag}`)(tag, fields()) as Schema.TaggedErrorClass<
      Self,
      Tag,
      { readonly _tag: Schema.tag<Tag> } & Fields
    >)
