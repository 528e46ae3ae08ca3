/** Promises over crashes and damage. */
@NullMarked
package io.thalweg.replication.promise;

import org.jspecify.annotations.NullMarked;
