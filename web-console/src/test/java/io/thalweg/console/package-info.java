/** Tests of the console's serving, and of what its pages consist of. */
@NullMarked
package io.thalweg.console;

import org.jspecify.annotations.NullMarked;
