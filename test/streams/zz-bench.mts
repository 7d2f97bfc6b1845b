import * as Effect from "effect/Effect"
import { decoder, encode, sse, cutAt } from "./wire.ts"
import { transcripts } from "./transcripts.ts"
console.log(transcripts.map(t => encode(sse(t.data)).length).reduce((a, b) => a + b))
await Effect.runPromise(Effect.gen(function*() {
  const decode = yield* decoder
  const t = transcripts[0]!
  const b = encode(sse(t.data))
  for (let r = 0; r < 3; r++) {
  const c0 = process.cpuUsage()
  for (let i = 0; i < 3000; i++) yield* decode(cutAt(b, [100]))
  const c = process.cpuUsage(c0)
  console.log((c.user + c.system) / 3000, "us cpu per decode")
  }
  const big = encode(sse([t.data[0]!, t.data[1]!, ...Array.from({ length: 50000 }, () => t.data[2]!), ...t.data.slice(-2)]))
  for (let r = 0; r < 3; r++) {
  const c0 = process.cpuUsage()
  const o = yield* decode([big])
  const c = process.cpuUsage(c0)
  console.log((c.user + c.system) / 50000, "us cpu per event", o.events.length)
  }
}))
