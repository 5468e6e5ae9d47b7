import { type ProcessName, readSetting, type SettingName, type SettingsOf } from '../config/settings';
import { FatalError } from '../runtime/errors';
import type { Learnt } from './checkup';

type Settings = SettingsOf<ProcessName>;
/** Some settings, parsed. */
export type Given<N extends SettingName> = Pick<Settings, N>;

/** Settings by name; unknown when one of them is wrong, whatever else the process reads. */
export async function given<const N extends SettingName>(
  env: NodeJS.ProcessEnv,
  names: readonly N[],
): Learnt<Given<N>> {
  try {
    return { value: Object.fromEntries(names.map((name) => [name, readSetting(name, env)])) as Given<N> };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    const [name, problem] = error.message.split(': ');
    return { missing: problem === undefined ? error.message : `${name} is wrong` };
  }
}
