/** The file connectors. */
@NullMarked
package io.thalweg.connectors.file;

import org.jspecify.annotations.NullMarked;
