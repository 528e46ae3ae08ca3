/** Runs connectors. */
@NullMarked
package io.thalweg.connectors.runtime;

import org.jspecify.annotations.NullMarked;
