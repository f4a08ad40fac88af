import classes from "./ModelsPage.module.css";

/** How much better or worse than the model before, with its sign. */
export function Gain({ value }: { readonly value: number | null }) {
  if (value === null) return null;
  const tone = value > 0.0005 ? "up" : value < -0.0005 ? "down" : "same";
  const sign = value > 0 ? "+" : value < 0 ? "−" : "±";
  return (
    <span className={classes["gain"]} data-tone={tone} title="Compared with the model before">
      {sign}
      {Math.abs(value).toFixed(3)}
    </span>
  );
}
