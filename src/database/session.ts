/**
 * Startup options of every connection: how texts of dates and arrays are read and written, whatever an administrator
 * gave the role or the database.
 */
export const SESSION = '-c datestyle=ISO -c array_nulls=on';
