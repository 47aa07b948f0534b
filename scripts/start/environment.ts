/** What every child gets: our own environment, the local profile unless another is named, and where things are. */
export function childEnvironment(
  own: NodeJS.ProcessEnv,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries({ BOXOFFICE_PROFILE: "local", ...own, ...given })) {
    // Those tell a child who launched it; its own launcher is this process.
    if (value !== undefined && name !== "BOXOFFICE_LAUNCHED" && !name.startsWith("npm_")) env[name] = value;
  }
  return env;
}
