/** The seed of what is random in tests that name it. Set `SEED` to see other cases, or the same ones again. */
export const seed = Number(process.env["SEED"] ?? 20_250_314)
