import { type ComponentType, lazy } from "react";
import { FullPageMessage } from "@/components/FullPageMessage";

type Pages = Record<string, ComponentType<Record<string, unknown>>>;

const features = import.meta.glob<Pages>(
  "../features/{labelling,training,models,acquisition,datasets}/routes.tsx",
);

function Missing() {
  return (
    <FullPageMessage title="Not in this build">
      This page is not part of this build.
    </FullPageMessage>
  );
}

/** A page of a feature that may be absent from the tree: its `routes.tsx` is looked up when the page is opened. */
export function featurePage<Props extends object>(feature: string, page: string) {
  return lazy(async (): Promise<{ default: ComponentType<Props> }> => {
    const load = features[`../features/${feature}/routes.tsx`];
    const Found = ((load === undefined ? undefined : (await load())[page]) ??
      Missing) as ComponentType<Props>;
    // The feature's page is lazy itself, and React refuses a lazy component that resolves to a lazy one.
    return { default: (props: Props) => <Found {...props} /> };
  });
}
