/** The streams DSL. */
@NullMarked
package io.thalweg.streams;

import org.jspecify.annotations.NullMarked;
