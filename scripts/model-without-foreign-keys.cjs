// Loaded before the generator of migrations: the tables of the index have no foreign keys (docs/adr/0023).
const { withoutForeignKeys } = require('../lib/indexer/store/orm.js');

withoutForeignKeys();
