/** The process connectors. */
@NullMarked
package io.thalweg.connectors.process;

import org.jspecify.annotations.NullMarked;
