/** Form of the id of an install, as a regular expression. */
export const INSTALL_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';
