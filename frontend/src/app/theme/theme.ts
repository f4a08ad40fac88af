import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import classes from "./theme.module.css";

const indigo: MantineColorsTuple = [
  "#eeeefd",
  "#dcdcfb",
  "#bdbcf8",
  "#a5a8fb",
  "#8385f3",
  "#5f5ce6",
  "#4f46e5",
  "#4338ca",
  "#3730a3",
  "#2b2680",
];

/** Mantine's "dark" scale is its set of dark-scheme surfaces: graphite here. */
const graphite: MantineColorsTuple = [
  "#e8e9ec",
  "#c6c9cf",
  "#a4a8b2",
  "#888d98",
  "#34373e",
  "#1f2126",
  "#17181c",
  "#121316",
  "#0e0f12",
  "#0c0d0f",
];

const gray: MantineColorsTuple = [
  "#f8f8f9",
  "#f2f2f4",
  "#ebebef",
  "#e4e5e9",
  "#d2d4db",
  "#8b909b",
  "#676c78",
  "#545964",
  "#31343b",
  "#17191e",
];

const control = { size: "sm" } as const;

/** Inputs are 32 px high with 13 px text; Mantine's own steps are 30 and 36. */
const inputVars = () => ({
  wrapper: { "--input-height": "32px", "--input-fz": "13px", "--input-padding": "10px" },
});

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 5 },
  colors: { indigo, dark: graphite, gray },
  white: "#ffffff",
  black: "#17191e",
  fontFamily: "var(--mq-font)",
  fontFamilyMonospace: "var(--mq-mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.4" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "3px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "md",
  headings: {
    fontFamily: "var(--mq-font)",
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "16px", lineHeight: "24px" },
      h3: { fontSize: "14px", lineHeight: "20px" },
      h4: { fontSize: "13px", lineHeight: "20px" },
      h5: { fontSize: "12px", lineHeight: "16px" },
      h6: { fontSize: "12px", lineHeight: "16px" },
    },
  },
  shadows: {
    xs: "none",
    sm: "none",
    md: "var(--mq-pop-shadow)",
    lg: "var(--mq-pop-shadow)",
    xl: "var(--mq-pop-shadow)",
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  // Plain objects, not Component.extend(): the theme must not pull every component into the first chunk.
  components: {
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
    Badge: {
      defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 500, size: "md" },
    },
    Button: {
      defaultProps: { size: "sm" },
      classNames: { root: classes["button"] ?? "" },
      vars: (_theme: unknown, props: { readonly size?: unknown }) =>
        props.size === "compact-sm" || props.size === "xs"
          ? {
              root: {
                "--button-height": "26px",
                "--button-fz": "12px",
                "--button-padding-x": "8px",
              },
            }
          : props.size === "lg"
            ? { root: { "--button-height": "40px", "--button-fz": "14px" } }
            : {
                root: {
                  "--button-height": "32px",
                  "--button-fz": "13px",
                  "--button-padding-x": "12px",
                },
              },
    },
    Checkbox: { defaultProps: { size: "xs", radius: "sm" } },
    Drawer: {
      defaultProps: {
        transitionProps: { duration: 120 },
        overlayProps: { color: "#0b0c0e", backgroundOpacity: 0.5 },
        padding: "lg",
        closeButtonProps: { "aria-label": "Close" },
      },
      classNames: {
        title: classes["modalTitle"] ?? "",
        content: classes["modalContent"] ?? "",
        header: classes["modalHeader"] ?? "",
      },
    },
    Input: { defaultProps: control, vars: inputVars },
    InputWrapper: {
      defaultProps: control,
      classNames: {
        label: classes["inputLabel"] ?? "",
        description: classes["inputDescription"] ?? "",
      },
    },
    Menu: {
      defaultProps: {
        shadow: "md",
        transitionProps: { duration: 80 },
        offset: 6,
        position: "bottom-end",
      },
      classNames: { item: classes["menuItem"] ?? "", dropdown: classes["dropdown"] ?? "" },
    },
    Modal: {
      defaultProps: {
        centered: true,
        closeButtonProps: { "aria-label": "Close" },
        radius: "lg",
        shadow: "md",
        transitionProps: { duration: 100, transition: "fade" },
        overlayProps: { color: "#0b0c0e", backgroundOpacity: 0.5 },
      },
      classNames: {
        title: classes["modalTitle"] ?? "",
        content: classes["modalContent"] ?? "",
        header: classes["modalHeader"] ?? "",
      },
    },
    NumberInput: { defaultProps: control },
    Popover: {
      defaultProps: { shadow: "md", transitionProps: { duration: 80 } },
      classNames: { dropdown: classes["dropdown"] ?? "" },
    },
    Progress: { defaultProps: { size: 4, radius: "xl" } },
    SegmentedControl: {
      defaultProps: { size: "xs", transitionDuration: 100 },
      classNames: { root: classes["segmented"] ?? "" },
    },
    Select: {
      defaultProps: { ...control, checkIconPosition: "right", comboboxProps: { shadow: "md" } },
    },
    Switch: { defaultProps: { size: "xs", withThumbIndicator: false } },
    Table: {
      defaultProps: { verticalSpacing: 8, horizontalSpacing: 16, highlightOnHover: true },
      vars: () => ({
        table: {
          "--table-border-color": "var(--mq-line)",
          "--table-hover-color": "var(--mq-hover)",
        },
      }),
      classNames: { th: classes["th"] ?? "" },
    },
    Tabs: {
      classNames: { tab: classes["tab"] ?? "", list: classes["tabList"] ?? "" },
    },
    Textarea: { defaultProps: control },
    TextInput: { defaultProps: control },
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        transitionProps: { duration: 80 },
        withArrow: false,
        offset: 6,
      },
      classNames: { tooltip: classes["tooltip"] ?? "" },
    },
  },
});

const shared = {
  "--mantine-color-text": "var(--mq-text)",
  "--mantine-color-body": "var(--mq-raised)",
  "--mantine-color-dimmed": "var(--mq-text-2)",
  "--mantine-color-placeholder": "var(--mq-text-3)",
  "--mantine-color-default": "var(--mq-raised)",
  "--mantine-color-default-hover": "var(--mq-hover)",
  "--mantine-color-default-color": "var(--mq-text)",
  "--mantine-color-default-border": "var(--mq-line-strong)",
  "--mantine-color-anchor": "var(--mq-accent-text)",
  "--mantine-color-error": "var(--mq-bad)",
  "--mantine-color-indigo-filled": "var(--mq-accent)",
  "--mantine-color-indigo-filled-hover": "var(--mq-accent-hover)",
  "--mantine-color-indigo-light": "var(--mq-accent-soft)",
  "--mantine-color-indigo-light-hover": "var(--mq-accent-soft)",
  "--mantine-color-indigo-light-color": "var(--mq-accent-text)",
  "--mantine-color-indigo-text": "var(--mq-accent-text)",
  "--mantine-color-gray-light": "var(--mq-hover)",
  "--mantine-color-gray-light-hover": "var(--mq-hover)",
  "--mantine-color-gray-light-color": "var(--mq-text-2)",
  "--mantine-color-gray-text": "var(--mq-text-2)",
  "--mantine-color-green-light": "var(--mq-ok-soft)",
  "--mantine-color-green-light-color": "var(--mq-ok)",
  "--mantine-color-red-light": "var(--mq-bad-soft)",
  "--mantine-color-red-light-color": "var(--mq-bad)",
  "--mantine-color-red-text": "var(--mq-bad)",
  "--mantine-color-yellow-light": "var(--mq-warn-soft)",
  "--mantine-color-yellow-light-color": "var(--mq-warn)",
  "--mantine-color-blue-light": "var(--mq-run-soft)",
  "--mantine-color-blue-light-color": "var(--mq-run)",
};

/** Puts Mantine's semantic colours onto our tokens, the same in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});
