/** The web console. */
@NullMarked
package io.thalweg.console;

import org.jspecify.annotations.NullMarked;
