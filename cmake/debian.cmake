# Run by cpack over the staged tree of the Debian package: policy's places, names and compression.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(usr ${root}/usr)
set(doc ${usr}/share/doc/pgcm)
set(source ${CPACK_PROJECT_SOURCE})

function(compressed file)
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(RENAME ${doc}/LICENSE ${doc}/copyright)
file(REMOVE ${doc}/README.md)
file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
compressed(${doc}/changelog)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog.Debian "pgcm (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What is new stands in changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
compressed(${doc}/changelog.Debian)

file(GLOB manuals ${usr}/share/man/man*/*)
foreach(manual ${manuals})
    compressed(${manual})
endforeach()

file(MAKE_DIRECTORY ${usr}/share/zsh/vendor-completions)
file(RENAME ${usr}/share/zsh/site-functions/_pgcm ${usr}/share/zsh/vendor-completions/_pgcm)
file(REMOVE_RECURSE ${usr}/share/zsh/site-functions)

# Those that cmake --install wrote name the binary where it is staged.
file(REMOVE_RECURSE ${usr}/lib/systemd)
file(COPY ${source}/packaging/systemd/ DESTINATION ${root}/lib/systemd/system)

file(COPY ${source}/packaging/pgcm.toml DESTINATION ${root}/etc/pgcm)
