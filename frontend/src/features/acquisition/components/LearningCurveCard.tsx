import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Card } from "@/components/Card";
import { LineChart } from "@/components/chart/LineChart";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { curveQuery } from "../api";
import { curveSeries } from "../lib/curve";
import classes from "./RoundsPage.module.css";

type Over = "labelled_images" | "labelled_objects";

/** Validation quality against what was labelled: the curve that tells whether labelling more still pays. */
export function LearningCurveCard({ projectId }: { readonly projectId: string }) {
  const query = useQuery(curveQuery(projectId));
  const [over, setOver] = useState<Over>("labelled_images");
  const points = query.data?.points;
  const series = useMemo(() => curveSeries(points ?? [], over), [points, over]);
  const models = new Set((points ?? []).map((point) => point.model)).size;
  return (
    <Card
      title="Learning curve"
      hint="Quality on the same validation images, model by model."
      actions={
        models > 1 && (
          <SegmentedControl
            size="xs"
            value={over}
            onChange={(value) => setOver(value as Over)}
            data={[
              { value: "labelled_images", label: "Images" },
              { value: "labelled_objects", label: "Objects" },
            ]}
          />
        )
      }
    >
      {query.isPending && <Skeleton height={240} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && models === 0 && (
        <>
          <p className={classes["note"]}>
            The curve starts with the first trained model and gains a point with every next one.
          </p>
          <LinkButton
            mt="sm"
            size="xs"
            variant="default"
            to="/projects/$projectId/training"
            params={{ projectId }}
          >
            Train a model
          </LinkButton>
        </>
      )}
      {models > 0 && (
        <LineChart
          series={series}
          height={240}
          yRange={[0, 1]}
          xLabel={over === "labelled_images" ? "labelled images" : "labelled objects"}
          summary={`Validation quality of ${models} models over what was labelled`}
        />
      )}
    </Card>
  );
}
