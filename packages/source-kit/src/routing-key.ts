/**
 * Most characters of a routing key. It is in the key, in two headers and in the value of every event, all of which have to fit into
 * one record. The ids of Teams have some 200 characters.
 */
export const maxRoutingKeyLength = 1_024;
