/** The settings that name a Postgres; the port may be text, as in an environment. */
export interface DatabaseSettings {
  DB_HOST: string;
  DB_PORT: number | string;
  DB_NAME: string;
  DB_USER: string;
  DB_PASS: string;
}

/** What a client needs to connect to Postgres; names as node-postgres takes them. */
export interface DatabaseAddress {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

/**
 * Startup options by which Postgres ends a session 9 s after the last sign of its client: a dead host holds no lock.
 */
export const NOTICE_DEAD_CLIENTS =
  '-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=9000';

/** The address that settings name. */
export function databaseAddress(settings: DatabaseSettings): DatabaseAddress {
  return {
    host: settings.DB_HOST,
    port: Number(settings.DB_PORT),
    database: settings.DB_NAME,
    user: settings.DB_USER,
    password: settings.DB_PASS,
  };
}

/** The other way round: the settings by which a process finds an address, as texts for its environment. */
export function databaseEnvironment(address: DatabaseAddress): Record<keyof DatabaseSettings, string> {
  return {
    DB_HOST: address.host,
    DB_PORT: String(address.port),
    DB_NAME: address.database,
    DB_USER: address.user,
    DB_PASS: address.password,
  };
}
