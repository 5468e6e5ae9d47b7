import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * Validation rule that refuses operations whose fields are nested deeper than `maxDepth`, before anything is executed.
 * Each fragment is measured once, so a document cannot make the check itself expensive. Introspection is left out:
 * graphql-js limits it by itself.
 */
export function depthLimitRule(maxDepth: number): (context: ValidationContext) => ASTVisitor {
  return (context) => {
    const measured = new Map<FragmentDefinitionNode, number>();

    const ofFragment = (fragment: FragmentDefinitionNode): number => {
      const known = measured.get(fragment);
      if (known !== undefined) return known;
      // A fragment that contains itself is refused by another rule; here it only has to end.
      measured.set(fragment, 0);
      const depth = ofSelections(fragment.selectionSet);
      measured.set(fragment, depth);
      return depth;
    };

    const ofSelections = (set: SelectionSetNode | undefined): number => {
      let deepest = 0;
      for (const selection of set?.selections ?? []) {
        let depth = 0;
        if (selection.kind === Kind.FIELD) {
          if (!selection.name.value.startsWith('__')) depth = 1 + ofSelections(selection.selectionSet);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          depth = ofSelections(selection.selectionSet);
        } else {
          const fragment = context.getFragment(selection.name.value);
          if (fragment) depth = ofFragment(fragment);
        }
        deepest = Math.max(deepest, depth);
      }
      return deepest;
    };

    return {
      OperationDefinition(operation) {
        const depth = ofSelections(operation.selectionSet);
        if (depth <= maxDepth) return;
        context.reportError(
          new GraphQLError(`the query is nested ${depth} levels deep, ${maxDepth} are allowed`, operation),
        );
      },
    };
  };
}
