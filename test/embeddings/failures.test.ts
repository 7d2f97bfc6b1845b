/** Where `Embeddings` fails, what came before, and what becomes of the calls that were made besides. */
import * as Embeddings from "@effect-cohere/core/Embeddings"
import * as RetryPolicy from "@effect-cohere/core/RetryPolicy"
import * as Timeouts from "@effect-cohere/core/Timeouts"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { delays, over, settle } from "../client/support/samples.ts"
import * as Transport from "../support/transport.ts"
import * as Server from "./support/server.ts"

const { fields, texts } = Server

/** The number of the first text in a request. */
const firstOf = (body: string) => Number(/text (\d+)/.exec(body)?.[1])

/** A server that refuses the batch that begins with this text. */
const refusing = (first: number, reply: Transport.Reply | Transport.Failure) =>
  Transport.make(({ body }) => firstOf(body) === first ? reply : Server.answer(body))

/** What a stream gives before it ends, and how it ends. */
const watched = <A extends { readonly index: number }, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.gen(function*() {
    const seen: Array<number> = []
    const exit = yield* Effect.exit(Stream.runForEach(stream, ({ index }) => Effect.sync(() => seen.push(index))))
    return { seen, exit }
  })

/** The error that an exit is of, or the defect. */
const failureOf = (exit: Exit.Exit<unknown, unknown>): object =>
  Exit.isFailure(exit) ? { ...Object(Cause.squash(exit.cause)) } : assert.fail("it did not fail")

const request = { ...fields, inputs: texts(20), batchSize: 2 }

describe("Where a batch fails", () => {
  const replies: ReadonlyArray<readonly [what: string, reply: Transport.Reply | Transport.Failure, tag: string]> = [
    ["an error of the server", { status: 500 }, "ServerError"],
    ["a refused key", { status: 401 }, "Unauthorized"],
    [
      "too many tokens",
      Transport.json({ message: "too many tokens: size limit exceeded" }, { status: 400 }),
      "TooManyTokens"
    ],
    ["no connection", { fail: "ECONNREFUSED" }, "ConnectionFailed"],
    ["an answer that is none", { body: "<html>" }, "UnexpectedResponse"],
    ["an answer that breaks off", { body: ["{\"id\":"], then: "break" }, "ConnectionFailed"]
  ]
  for (const [what, reply, tag] of replies) {
    it.effect(`by ${what}, stream fails with the error of V2.embed, after all embeddings before it`, () =>
      Effect.gen(function*() {
        const { exit, seen } = yield* watched(Embeddings.stream(request)).pipe(
          RetryPolicy.with(RetryPolicy.none),
          over(refusing(6, reply))
        )
        assert.deepStrictEqual(seen, [0, 1, 2, 3, 4, 5])
        assert.deepInclude(failureOf(exit), { _tag: tag, endpoint: "v2.embed", attempts: 1 })
      }))
  }

  it.effect("batches fails after all batches before it", () =>
    Effect.gen(function*() {
      const { exit, seen } = yield* watched(Embeddings.batches(request)).pipe(
        RetryPolicy.with(RetryPolicy.none),
        over(refusing(6, { status: 500 }))
      )
      assert.deepStrictEqual(seen, [0, 2, 4])
      assert.isTrue(Exit.isFailure(exit))
    }))

  it.effect("all fails, and a program that goes on by stream loses nothing", () =>
    Effect.gen(function*() {
      const error = yield* Embeddings.all(request).pipe(
        RetryPolicy.with(RetryPolicy.none),
        over(refusing(6, { status: 500 })),
        Effect.flip
      )
      assert.strictEqual(error._tag, "ServerError")
      const { seen } = yield* watched(Embeddings.stream(request)).pipe(
        RetryPolicy.with(RetryPolicy.none),
        over(refusing(6, { status: 500 }))
      )
      const rest = { ...request, inputs: texts(20).slice(seen.length) }
      const { values } = yield* Embeddings.all(rest).pipe(over(Server.honest()))
      assert.deepStrictEqual([...texts(20).slice(0, seen.length), ...values], texts(20))
    }))

  it.effect("nothing behind it is given, though it was there before", () =>
    Effect.gen(function*() {
      const transport = Transport.make(({ body }) => {
        const first = firstOf(body)
        return Effect.as(
          Effect.sleep(Duration.seconds([3, 2, 1, 1][first / 2] ?? 3_600)),
          first === 2 ? { status: 400 } : Server.answer(body)
        )
      })
      const fiber = yield* Effect.fork(watched(Embeddings.stream(request)).pipe(over(transport)))
      // The batch that is refused waits for its turn: the first one is not lost.
      yield* TestClock.adjust("2 seconds")
      yield* Server.quiet
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 second")
      const { exit, seen } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(seen, [0, 1])
      assert.isTrue(Exit.isFailure(exit))
    }))

  it.effect("calls in flight are stopped, of which the transport is told, and no others are made", () =>
    Effect.gen(function*() {
      const stopped: Array<number> = []
      const transport = Transport.make(({ body }) => {
        const first = firstOf(body)
        return first === 0
          ? Effect.as(Effect.sleep("1 second"), { status: 400 })
          : first === 2
          ? { ...Server.answer(body), then: "hang" }
          : Effect.never.pipe(Effect.onInterrupt(() => Effect.sync(() => stopped.push(first))))
      })
      const fiber = yield* Embeddings.all(request).pipe(over(transport), Effect.flip, Effect.fork)
      yield* Server.quiet
      assert.deepStrictEqual(stopped, [])
      assert.deepStrictEqual(transport.requests.map(({ response }) => response), ["none", "open", "none", "none"])
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "InvalidRequest")
      yield* Server.quiet
      assert.deepStrictEqual(stopped.sort(), [4, 6])
      assert.strictEqual(transport.requests[1]?.response, "cancelled")
      assert.lengthOf(transport.requests, 4)
    }))

  it.effect("by an input that cannot be sent, the batches before it are given", () =>
    Effect.gen(function*() {
      const transport = Server.honest()
      const { exit, seen } = yield* watched(Embeddings.stream({
        ...request,
        // What types forbid, other programs do.
        input: (text) => text === "text 5" ? undefined as never : text
      })).pipe(over(transport))
      assert.deepStrictEqual(seen, [0, 1, 2, 3])
      assert.deepInclude(failureOf(exit), { _tag: "InvalidRequest", attempts: 0 })
      assert.notInclude(transport.requests.map(({ body }) => firstOf(body)), 4)
    }))

  it.effect("by an exception of `input`, the batches before it are given, and the program dies of it", () =>
    Effect.gen(function*() {
      const mistake = new Error("a mistake")
      const { exit, seen } = yield* watched(Embeddings.stream({
        ...request,
        input: (text) => {
          if (text === "text 5") throw mistake
          return text
        }
      })).pipe(over(Server.honest()))
      assert.deepStrictEqual(seen, [0, 1, 2, 3])
      if (Exit.isSuccess(exit)) return assert.fail("it did not fail")
      assert.deepStrictEqual([...Cause.defects(exit.cause)], [mistake])
    }))
})

describe("Where the inputs fail", () => {
  for (const count of [0, 3, 4, 5, 7]) {
    it.effect(`after ${count}, these are embedded and given, and then it fails`, () =>
      Effect.gen(function*() {
        const inputs = Stream.concat(Stream.fromIterable(texts(count)), Stream.fail("no more" as const))
        const { exit, seen } = yield* watched(Embeddings.stream({ ...request, inputs })).pipe(over(Server.honest()))
        assert.deepStrictEqual(seen, texts(count).map((_, index) => index))
        assert.deepStrictEqual(exit, Exit.fail("no more" as const))
        assert.deepStrictEqual(
          yield* Effect.exit(Embeddings.all({ ...request, inputs })).pipe(over(Server.honest())),
          Exit.fail("no more" as const)
        )
      }))
  }

  it.effect("after which a batch has failed, it fails with that", () =>
    Effect.gen(function*() {
      const inputs = Stream.concat(Stream.fromIterable(texts(5)), Stream.fail("no more" as const))
      const { exit, seen } = yield* watched(Embeddings.stream({ ...request, inputs })).pipe(
        over(refusing(2, { status: 400 }))
      )
      assert.deepStrictEqual(seen, [0, 1])
      assert.deepInclude(failureOf(exit), {
        _tag: "InvalidRequest"
      })
    }))

  it.effect("by a defect, it dies of that, after what came before", () =>
    Effect.gen(function*() {
      const mistake = new Error("a mistake")
      const numbers = function*() {
        yield* texts(5)
        throw mistake
      }
      const { exit, seen } = yield* watched(Embeddings.stream({ ...request, inputs: numbers() })).pipe(
        over(Server.honest())
      )
      assert.deepStrictEqual(seen, [0, 1, 2, 3])
      if (Exit.isSuccess(exit)) return assert.fail("it did not fail")
      assert.deepStrictEqual([...Cause.defects(exit.cause)], [mistake])
    }))
})

describe("Each call", () => {
  it.effect("is made again as the policy says, and no others are", () =>
    Effect.gen(function*() {
      let refusals = 0
      const transport = Transport.make(({ body }) =>
        firstOf(body) === 2 && refusals++ < 2 ? { status: 503 } : Server.answer(body)
      )
      const exit = yield* settle(Embeddings.all({ ...request, inputs: texts(6) }).pipe(over(transport)))
      assert.deepStrictEqual((yield* exit).values, texts(6))
      const firsts = transport.requests.map(({ body }) => firstOf(body))
      assert.deepStrictEqual(firsts, [0, 2, 4, 2, 2])
      assert.isAbove(Math.max(...delays(transport.requests)), 0)
    }))

  it.effect("is made as often as the policy of a stream says", () =>
    Effect.gen(function*() {
      const transport = Transport.make(() => ({ status: 503 }))
      const exit = yield* settle(
        Embeddings.stream({ ...fields, inputs: ["text 0"] }).pipe(
          RetryPolicy.with(RetryPolicy.make({ retries: 4 })),
          Stream.runDrain,
          over(transport)
        )
      )
      assert.deepInclude(failureOf(exit), {
        _tag: "ServerError",
        attempts: 5
      })
      assert.lengthOf(transport.requests, 5)
    }))

  it.effect("is waited for as long as Timeouts say", () =>
    Effect.gen(function*() {
      const transport = Server.waiting((first) => first === 2 ? Effect.never : Effect.void)
      const fiber = yield* watched(Embeddings.stream(request)).pipe(
        Timeouts.with({ total: "10 seconds" }),
        over(transport),
        Effect.fork
      )
      yield* TestClock.adjust("10 seconds")
      const { exit, seen } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(seen, [0, 1])
      assert.deepInclude(failureOf(exit), { _tag: "RequestTimeout" })
    }))
})

describe("Interrupted", () => {
  for (const name of ["all", "batches", "stream"] as const) {
    it.effect(`${name} stops all calls, of which the transport is told, and closes its source`, () =>
      Effect.gen(function*() {
        let isClosed = false
        const stopped: Array<number> = []
        const transport = Transport.make(({ body }) =>
          firstOf(body) === 0
            ? { ...Server.answer(body), then: "hang" }
            : Effect.never.pipe(Effect.onInterrupt(() => Effect.sync(() => stopped.push(firstOf(body)))))
        )
        const inputs = Stream.fromIterable(texts(20)).pipe(Stream.ensuring(Effect.sync(() => {
          isClosed = true
        })))
        const run = {
          all: Effect.asVoid(Embeddings.all({ ...request, inputs })),
          batches: Stream.runDrain(Embeddings.batches({ ...request, inputs })),
          stream: Stream.runDrain(Embeddings.stream({ ...request, inputs }))
        }
        const fiber = yield* run[name].pipe(over(transport), Effect.fork)
        yield* Server.quiet
        assert.lengthOf(transport.requests, 4)
        const exit = yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.isInterrupted(exit))
        assert.deepStrictEqual(stopped.sort(), [2, 4, 6])
        assert.strictEqual(transport.requests[0]?.response, "cancelled")
        assert.isTrue(isClosed)
        yield* Server.quiet
        assert.lengthOf(transport.requests, 4)
      }))
  }

  it.effect("before its first answer, a reader that waits is not kept", () =>
    Effect.gen(function*() {
      const transport = Server.waiting(() => Effect.never)
      const fiber = yield* Embeddings.all(request).pipe(
        Effect.timeout("1 second"),
        Effect.exit,
        over(transport),
        Effect.fork
      )
      yield* TestClock.adjust("1 second")
      assert.isTrue(Exit.isFailure(yield* Fiber.join(fiber)))
    }))
})
