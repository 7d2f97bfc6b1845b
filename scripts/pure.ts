/**
 * Marks what modules compute when they are imported as free of side effects, which none of ours has: `Schema.Struct(…)`,
 * `Endpoint.call(…)`, the class that another one extends. A bundler cannot know that, and keeps what calls anything;
 * with the mark, it leaves out what a program does not use. Effect's own packages are built the same way.
 *
 * Nor does a bundler leave out a spread, which may run an iterator or a getter: it goes into a function that is called,
 * `(() => ({ ...fields, reason }))()`, with the mark.
 */
import ts from "typescript"

const mark = <A extends ts.Node>(node: A): A =>
  ts.addSyntheticLeadingComment(node, ts.SyntaxKind.MultiLineCommentTrivia, " @__PURE__ ", false)

/** For TypeScript's `before` transformers. */
export const markPure: ts.TransformerFactory<ts.SourceFile> = (context) => {
  /** All calls of an expression. What a function does is done when it is called. */
  const inExpression = (node: ts.Node): ts.Node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return mark(ts.visitEachChild(node, inCall, context))
    const visited = ts.visitEachChild(node, inExpression, context)
    const spreads = (ts.isObjectLiteralExpression(visited) && visited.properties.some(ts.isSpreadAssignment)) ||
      (ts.isArrayLiteralExpression(visited) && visited.elements.some(ts.isSpreadElement))
    return spreads ? apart(visited) : visited
  }

  const apart = (node: ts.Expression): ts.Expression => {
    const { factory } = context
    return mark(factory.createImmediatelyInvokedArrowFunction([factory.createReturnStatement(node)]))
  }

  /** Of `f(a)(b)`, the mark of the whole is enough; two would stand at the same place. */
  const inCall = (node: ts.Node): ts.Node => {
    const goesOn = ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)
    return goesOn && isCallee(node) ? ts.visitEachChild(node, inCall, context) : inExpression(node)
  }

  const isCallee = (node: ts.Node): boolean => {
    const original = ts.getOriginalNode(node)
    const { parent } = original
    return (ts.isCallExpression(parent) || ts.isPropertyAccessExpression(parent)) && parent.expression === original
  }

  const inMember = (node: ts.Node): ts.Node => {
    const isStatic = ts.isPropertyDeclaration(node) &&
      node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true
    return isStatic || ts.isHeritageClause(node) ? ts.visitEachChild(node, inExpression, context) : node
  }

  const inStatement = (node: ts.Node): ts.Node =>
    ts.isVariableStatement(node)
      ? ts.visitEachChild(node, inExpression, context)
      : ts.isClassDeclaration(node)
      ? ts.visitEachChild(node, inMember, context)
      : node

  return (file) => ts.visitEachChild(file, inStatement, context)
}
