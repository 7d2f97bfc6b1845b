// Loads each module that is named, in a way that only public ones can be.
const refused = "ERR_PACKAGE_PATH_NOT_EXPORTED"
for (const name of process.argv.slice(2)) {
  const outcome = await import(name).then(() => "loaded", (error) => error.code === refused ? refused : error)
  if (outcome !== (/\/(internal|bin)\//.test(name) ? refused : "loaded")) {
    console.error(name, outcome)
    process.exitCode = 1
  }
}
