interface Props {
  readonly size?: number;
}

/** The mark: a dashed selection rectangle around a dot. */
export function Logo({ size = 20 }: Props) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <rect
        x="2.5"
        y="2.5"
        width="19"
        height="19"
        rx="3.5"
        stroke="currentColor"
        strokeWidth="2"
        strokeDasharray="4.6 2.83"
        strokeDashoffset="1.4"
      />
      <circle cx="12" cy="12" r="3.4" fill="var(--mq-accent-text)" />
    </svg>
  );
}
