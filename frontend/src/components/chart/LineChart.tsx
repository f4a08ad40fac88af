import { useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import classes from "./LineChart.module.css";
import { endLabels, type Series, toColumns } from "./line-chart";

interface Props {
  readonly series: readonly Series[];
  readonly height?: number;
  /** What x counts, with its unit: "epoch", "labelled images". */
  readonly xLabel: string;
  /** Writes a y value with its unit. */
  readonly format?: (value: number) => string;
  readonly xFormat?: (value: number) => string;
  readonly yRange?: readonly [number, number];
  /** Said to people who cannot see the lines. */
  readonly summary: string;
}

const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Lines over a number axis, labelled at their ends. Draws on one canvas; thousands of points are fine. */
export function LineChart(props: Props) {
  const { series, height = 200, xLabel, summary, yRange } = props;
  const [low, high] = yRange ?? [];
  const format = props.format ?? defaultFormat;
  const xFormat = props.xFormat ?? String;
  const host = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  // Callers write formats inline; a new function is no reason to draw everything anew.
  const formats = useRef({ format, xFormat });
  formats.current = { format, xFormat };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what the CSS tokens read as; a range is equal when its ends are.
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot = new uPlot(
      options({
        series,
        height,
        xLabel,
        yRange,
        width: element.clientWidth,
        format: (value) => formats.current.format(value),
        xFormat: (value) => formats.current.xFormat(value),
      }),
      toColumns(series),
      element,
    );
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [series, height, xLabel, low, high, colorScheme]);

  return <div ref={host} className={classes["root"]} role="img" aria-label={summary} />;
}

const defaultFormat = (value: number) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

interface Setup {
  readonly series: readonly Series[];
  readonly width: number;
  readonly height: number;
  readonly xLabel: string;
  readonly format: (value: number) => string;
  readonly xFormat: (value: number) => string;
  readonly yRange: readonly [number, number] | undefined;
}

function options({ series, width, height, xLabel, format, xFormat, yRange }: Setup): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: token("--mq-text-3"),
    font: "11px Inter Variable, sans-serif",
    grid: { stroke: token("--mq-line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [12, 96, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
    legend: { live: true },
    scales: {
      x: { time: false },
      y: yRange === undefined ? {} : { range: [yRange[0], yRange[1]] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        label: xLabel,
        labelSize: 20,
        labelFont: "11px Inter Variable, sans-serif",
        size: 26,
        values: (_plot, ticks) => ticks.map(xFormat),
      },
      { ...axis, size: 52, values: (_plot, ticks) => ticks.map(format) },
    ],
    series: [
      { label: xLabel, value: (_plot, value) => (value === null ? "–" : xFormat(value)) },
      ...series.map(
        (one): uPlot.Series => ({
          label: one.name,
          stroke: one.color,
          width: 1.75,
          spanGaps: true,
          points: { show: one.points.length < 2, size: 5, fill: one.color },
          ...(one.dashed === true ? { dash: [5, 4] } : {}),
          value: (_plot, value) => (value === null ? "–" : format(value)),
        }),
      ),
    ],
    hooks: { draw: [(plot) => drawLabels(plot, series)] },
  };
}

function drawLabels(plot: uPlot, series: readonly Series[]): void {
  const ratio = uPlot.pxRatio;
  const { ctx } = plot;
  ctx.save();
  ctx.font = `500 ${11 * ratio}px Inter Variable, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  const places = endLabels(
    series,
    (y) => plot.valToPos(y, "y", true),
    13 * ratio,
    plot.bbox.top + plot.bbox.height,
  );
  for (const place of places) {
    ctx.fillStyle = place.color;
    ctx.fillText(place.name, plot.bbox.left + plot.bbox.width + 6 * ratio, place.y);
  }
  ctx.restore();
}
