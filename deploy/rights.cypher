// Least rights for a database called lianjian (Neo4j Enterprise; run against the system database, once).
// tests/project/test_deploy.py holds that a server understands each statement; Community has no roles and refuses them.

CREATE ROLE lianjian_reader IF NOT EXISTS;
GRANT ACCESS ON DATABASE lianjian TO lianjian_reader;
GRANT MATCH {*} ON GRAPH lianjian TO lianjian_reader;

// imports make the constraints and indexes that are not there yet, and the names of labels, types and keys
CREATE ROLE lianjian_writer IF NOT EXISTS;
GRANT ACCESS ON DATABASE lianjian TO lianjian_writer;
GRANT MATCH {*} ON GRAPH lianjian TO lianjian_writer;
GRANT WRITE ON GRAPH lianjian TO lianjian_writer;
GRANT NAME MANAGEMENT ON DATABASE lianjian TO lianjian_writer;
GRANT CONSTRAINT MANAGEMENT ON DATABASE lianjian TO lianjian_writer;
GRANT INDEX MANAGEMENT ON DATABASE lianjian TO lianjian_writer;

// then a user for each machine or office, its password from your own source
CREATE USER lianjian IF NOT EXISTS SET PASSWORD $password CHANGE NOT REQUIRED;
GRANT ROLE lianjian_writer TO lianjian;
CREATE USER lianjian_browse IF NOT EXISTS SET PASSWORD $password CHANGE NOT REQUIRED;
GRANT ROLE lianjian_reader TO lianjian_browse;
