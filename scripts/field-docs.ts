/** Which fields of requests have no documentation in the declarations that users get: editors would show nothing. */
import * as Path from "node:path"
import ts from "typescript"

/** Names of the fields, with their requests. `declarations` are the paths of `.d.ts` files. */
export const undocumentedFields = (declarations: ReadonlyArray<string>): ReadonlyArray<string> => {
  const program = ts.createProgram(declarations, {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext
  })
  const checker = program.getTypeChecker()
  return declarations.flatMap((file) =>
    (program.getSourceFile(file)?.statements ?? []).flatMap((statement) =>
      ts.isInterfaceDeclaration(statement) && statement.name.text.endsWith("Request")
        ? checker.getTypeAtLocation(statement.name).getProperties()
          .filter((field) => field.getDocumentationComment(checker).length === 0 && field.getJsDocTags().length === 0)
          .map((field) => `${Path.basename(file)}: ${statement.name.text}.${field.name}`)
        : []
    )
  )
}
