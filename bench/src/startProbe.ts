/** A fresh process that loads the file it is given, and, if it is a client, constructs it and makes its first call. */
import { checks } from "./checks.ts"
import type { ClientModule } from "./operations.ts"
import type { ProbeProtocol } from "./protocol.ts"
import { serve } from "./serve.ts"
import type { Workload } from "./workloads.ts"

const job: Workload = {
  id: "first",
  title: "the first call",
  operation: "chat",
  mode: "chat",
  unit: "call",
  count: 1,
  concurrency: 1,
  rounds: 1,
  warmup: 0,
  quick: {}
}

serve<ProbeProtocol>({
  load: async ({ base }) => {
    const started = performance.now()
    // Either a client or a list of imports, which exports nothing.
    const { connect } = await import(process.argv[2] ?? "") as Partial<ClientModule>
    if (connect === undefined || base === undefined) {
      return { constructed: performance.now() - started, answered: 0 }
    }
    const { chat } = await connect(base)
    const constructed = performance.now() - started
    let answered = 0
    await chat?.(job, (text) => {
      answered = performance.now() - started
      checks.chat(job)(text)
    })
    return { constructed, answered }
  }
})
