# cmake --install: the binary, and what stands around it in the places where each is looked for.
install(TARGETS pgcm RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

file(GLOB manuals_1 ${PROJECT_SOURCE_DIR}/man/*.1)
file(GLOB manuals_5 ${PROJECT_SOURCE_DIR}/man/*.5)
file(GLOB manuals_7 ${PROJECT_SOURCE_DIR}/man/*.7)
install(FILES ${manuals_1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${manuals_5} DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${manuals_7} DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)

set(completions ${PROJECT_SOURCE_DIR}/completions)
install(FILES ${completions}/pgcm.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME pgcm)
install(FILES ${completions}/_pgcm DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completions}/pgcm.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# The units name the binary by its path, which is known when it is installed.
file(GLOB units ${PROJECT_SOURCE_DIR}/packaging/systemd/*)
install(CODE "
    foreach(unit ${units})
        get_filename_component(name \${unit} NAME)
        file(READ \${unit} text)
        string(REPLACE \"/usr/bin/pgcm\" \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/pgcm\" text \"\${text}\")
        file(WRITE \"${CMAKE_BINARY_DIR}/units/\${name}\" \"\${text}\")
        file(INSTALL \"${CMAKE_BINARY_DIR}/units/\${name}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
    endforeach()")

install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
file(GLOB examples ${PROJECT_SOURCE_DIR}/examples/*.toml ${PROJECT_SOURCE_DIR}/examples/*.sql)
install(FILES ${examples} DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(PROGRAMS examples/shell/compose.sh DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/shell)
install(FILES examples/shell/cron DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/shell)
file(GLOB hooks ${PROJECT_SOURCE_DIR}/examples/hooks/*)
install(PROGRAMS ${hooks} DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/hooks)
install(PROGRAMS examples/checks/primary-here DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/checks)
install(FILES examples/checks/keepalived.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/checks)
