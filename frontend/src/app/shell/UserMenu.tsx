import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { signOut } from "@/api/queries/session";
import type { User } from "@/api/types";
import { notifyError } from "@/components/notify";
import { PersonAvatar } from "@/components/PersonAvatar";
import classes from "./Sidebar.module.css";

const SCHEMES = [
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
  { value: "auto", label: "Like the system", icon: Monitor },
] as const;

/** Account, theme, sign out. */
export function UserMenu({ user }: { readonly user: User }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const name = user.display_name || user.username;
  const leave = useMutation({
    mutationFn: signOut,
    // Loading anew leaves nothing of this person in the memory of the page.
    onSuccess: () => window.location.assign("/sign-in"),
    onError: notifyError,
  });
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes["user"] ?? ""} title="Account and theme">
          <PersonAvatar name={name} />
          <span>{name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.username}</Menu.Label>
        <Menu.Item
          leftSection={<UserRound size={14} />}
          onClick={() => navigate({ to: "/account" })}
        >
          Account
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={14} />}
            rightSection={colorScheme === value ? <Check size={14} /> : null}
            onClick={() => setColorScheme(value)}
            closeMenuOnClick={false}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={14} />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
